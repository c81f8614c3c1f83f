namespace Spud.Plugins;

/// <summary>A call of a plugin's code during loading: on its own thread, which is abandoned if the code hangs.</summary>
internal static class PluginCall
{
    /// <summary>Runs the call and waits for its result.</summary>
    /// <param name="what">Description for messages: "the constructor of Odd.OddPlugin", "its probe".</param>
    /// <param name="timeout">Maximum duration.</param>
    /// <param name="call">The plugin's code.</param>
    /// <exception cref="PluginException">It threw, or did not return in time.</exception>
    /// <exception cref="OutOfMemoryException">The system cannot create a thread: the plugin is not to blame.</exception>
    public static T Run<T>(string what, TimeSpan timeout, Func<T> call)
    {
        T? answer = default;
        Exception? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                answer = call();
            }
            catch (Exception fault)
            {
                thrown = fault;
            }
        })
        {
            IsBackground = true,
            Name = what,
        };
        thread.Start();
        if (!thread.Join(timeout))
            throw Hangs(what, timeout);

        return thrown is null ? answer! : throw PluginException.Threw(what, thrown);
    }

    public static PluginException Hangs(string what, TimeSpan timeout) => new(
        PluginState.Faulty,
        FormattableString.Invariant($"{what} did not return within {timeout.TotalSeconds:0.###} s. Try again when the machine and its devices are idle; if it still hangs, remove the plugin or tell its author."));
}
