using System.Runtime.CompilerServices;
using Spectre.Console;

namespace Spud.Host;

/// <summary>Shows a progress indicator for work that takes more than a second, if a person is at a terminal.</summary>
internal static class Loading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Runs work on the calling thread.</summary>
    /// <param name="what">Description, such as "loading the model".</param>
    /// <param name="work">The work, done once.</param>
    /// <param name="shell">Progress is written to its standard error, if that is a terminal.</param>
    public static T Show<T>(string what, Func<T> work, Shell shell)
    {
        if (!shell.ErrorIsTerminal)
            return work();

        using ManualResetEventSlim done = new();
        Thread watcher = new(() => Watch(what, done, shell)) { IsBackground = true, Name = "progress" };
        watcher.Start();
        try
        {
            return work();
        }
        finally
        {
            done.Set();
            watcher.Join();
        }
    }

    private static void Watch(string what, ManualResetEventSlim done, Shell shell)
    {
        if (!done.Wait(Patience))
            Spin(what, done, shell);
    }

    // In a separate method, so that the library is loaded only when there is a wait.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spin(string what, ManualResetEventSlim done, Shell shell)
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(shell.RawError) });
        // An interrupted process restores the cursor.
        shell.Interrupts.Idle = _ =>
        {
            console.Cursor.Show();
            return false;
        };
        console.Status().Start(Markup.Escape(SafeText.Line(what, 60)), _ => done.Wait());
        shell.Interrupts.Idle = null;
    }
}
