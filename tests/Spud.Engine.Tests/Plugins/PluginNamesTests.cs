using Spud.Configuration;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

public sealed class PluginNamesTests : IDisposable
{
    private readonly PluginFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public void A_name_that_two_plugins_offer_must_be_written_with_the_plugins_id()
    {
        _folders.Add("Odd", "one");
        _folders.Add("Odd", "two");
        PluginCatalog catalog = _folders.Discover();

        Assert.Equal("2 plugins offer router 'odd'. Write 'one/odd' or 'two/odd'.", Refusal(catalog, Roles.Router, "odd"));
        Assert.True(catalog.TryResolve(Roles.Router, "two/odd", out RegisteredComponent? component, out _));
        Assert.Equal("two/odd", component.FullName);
        Assert.Equal("one/odd, two/odd", catalog.Offered(Roles.Router));
    }

    [Fact]
    public void Writing_the_id_loads_that_plugin_alone()
    {
        _folders.Add("Odd", "one");
        _folders.Add("Odd", "two");
        PluginCatalog catalog = _folders.Discover();

        Assert.True(catalog.TryResolve(Roles.Router, "two/odd", out _, out _));

        Assert.Equal([PluginState.Discovered, PluginState.Active], catalog.Statuses.Select(status => status.State));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones_and_the_nearest()
    {
        _folders.Add("Odd");
        PluginCatalog catalog = _folders.Discover();

        Assert.Equal("no plugin offers router 'ood'. Known: odd. Did you mean 'odd'?", Refusal(catalog, Roles.Router, "ood"));
        Assert.Equal("no plugin offers head 'odd'. Known: none.", Refusal(catalog, Roles.Head, "odd"));
        Assert.Equal("no plugin offers router 'even/odd'. Known: odd.", Refusal(catalog, Roles.Router, "even/odd"));
        Assert.Equal(PluginState.Discovered, catalog.Statuses[0].State);
    }

    [Fact]
    public void A_name_of_a_plugin_that_cannot_be_used_is_refused_with_that_plugins_reason()
    {
        _folders.Add("Odd", behaviour: "probe says no");
        PluginCatalog catalog = _folders.Discover();

        const string Expected = "router 'odd' cannot be used (known: none): plugin odd: unavailable: needs a potato peeler. Install one.";
        Assert.Equal(Expected, Refusal(catalog, Roles.Router, "odd"));
        Assert.Equal(Expected, Refusal(catalog, Roles.Router, "odd")); // and again, without loading it again
    }

    [Fact]
    public void A_name_of_an_incompatible_plugin_is_refused_with_its_reason()
    {
        _folders.Add("Odd", edits: [("[1.0,2.0)", "[2.0,3.0)")]);

        Assert.StartsWith(
            $"router 'odd' cannot be used (known: none): plugin odd: incompatible: made for contract [2.0,3.0), this host has {ContractVersion.Major}.{ContractVersion.Minor}.",
            Refusal(_folders.Discover(), Roles.Router, "odd"),
            StringComparison.Ordinal);
    }

    private static string Refusal(PluginCatalog catalog, string role, string name)
    {
        Assert.False(catalog.TryResolve(role, name, out RegisteredComponent? component, out string? refusal));
        Assert.Null(component);
        return refusal;
    }
}
