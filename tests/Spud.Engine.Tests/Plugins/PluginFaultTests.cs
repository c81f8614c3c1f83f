using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginFaultTests : IDisposable
{
    private readonly PluginFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Theory]
    [InlineData("Odd.Nobody", "Odd.dll contains no type 'Odd.Nobody'. Correct entryType in spud-plugin.json.")]
    [InlineData("Odd.NoPlugin", "Odd.NoPlugin does not implement ISpudPlugin. Name the class that does.")]
    [InlineData("Odd.AbstractPlugin", "Odd.AbstractPlugin cannot be instantiated. Name a class that is neither abstract nor generic.")]
    [InlineData("Odd.NeedyPlugin", "Odd.NeedyPlugin has no public constructor without parameters. Add one.")]
    public void The_entry_type_must_be_a_plugin(string type, string reason)
    {
        string folder = _folders.Add("Odd", edits: [("Odd.OddPlugin", type)]);

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal($"odd: faulty: {reason}", status.ToString());
    }

    [Theory]
    [InlineData("constructor throws", "the constructor of Odd.OddPlugin threw InvalidOperationException: the constructor was told to.")]
    [InlineData("registration throws", "Odd.OddPlugin.Register threw InvalidOperationException: Register was told to over two lines.")]
    [InlineData("probe throws", "Odd.OddPlugin.Probe threw NotSupportedException: the probe was told to.")]
    public void What_a_plugin_throws_is_told_in_one_line_and_kept_for_the_log(string behaviour, string reason)
    {
        string folder = _folders.Add("Odd", behaviour: behaviour);

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal($"odd: faulty: {reason}", status.ToString());
        Assert.NotNull(status.Cause?.StackTrace);
    }

    [Theory]
    [InlineData("constructor hangs", "the constructor of Odd.OddPlugin")]
    [InlineData("registration hangs", "Odd.OddPlugin.Register")]
    public void A_constructor_or_registration_that_hangs_is_named_after_a_time_limit(string behaviour, string what)
    {
        string folder = _folders.Add("Odd", behaviour: behaviour);

        PluginStatus status = PluginCatalog.Check(folder, new PluginCatalogOptions { CallTimeout = TimeSpan.FromSeconds(0.2) });

        Assert.StartsWith($"odd: faulty: {what} did not return within 0.2 s. ", status.ToString());
    }

    [Theory]
    [InlineData("registers nothing", "spud-plugin.json offers router 'odd', which Register does not add. Add it, or take it out of the manifest.")]
    [InlineData("registers something else", "Register adds router 'even', which spud-plugin.json does not offer. Name it there, or do not add it. spud-plugin.json offers router 'odd', which Register does not add. Add it, or take it out of the manifest.")]
    [InlineData("registers twice", "Register adds router 'odd' twice. Give one another name.")]
    [InlineData("registers reserved options", "router 'odd': ReservedOptions has an option 'use', a name that belongs to the pipeline. Rename it (reserved: use, layers, phase, fold, pack).")]
    [InlineData("registers null", "Odd.OddPlugin.Register threw ArgumentNullException: Value cannot be null. (Parameter 'options').")]
    public void A_plugin_registers_exactly_what_its_manifest_offers(string behaviour, string reason)
    {
        string folder = _folders.Add("Odd", behaviour: behaviour);

        PluginStatus status = PluginCatalog.Check(folder);

        Assert.Equal($"odd: faulty: {reason}", status.ToString());
    }

    [Fact]
    public void The_host_goes_on_and_says_which_and_why()
    {
        _folders.Add("Odd", "bad", "constructor throws");
        _folders.Add("Odd", "good");
        _folders.Add("Reader");
        PluginCatalog catalog = _folders.Discover();

        Assert.Equal(
            [
                "bad: faulty: the constructor of Odd.OddPlugin threw InvalidOperationException: the constructor was told to.",
                "good: active",
                "reader: active",
            ],
            catalog.LoadAll().Select(status => status.ToString()));
        Assert.True(catalog.TryResolve(Roles.Router, "odd", out RegisteredComponent? component, out _));
        Assert.Equal("good/odd", component.FullName);
    }
}
