namespace Spud.Host.Tests.EndToEnd.Plugins;

/// <summary>Plugins that share a component's name or an id with another one.</summary>
public sealed class NamesTests : IDisposable
{
    private static readonly string s_mixture = TestData.Path("stories260K/stories260K-moe4x-noise-q8_0.gguf");
    private readonly OddHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_third_partys_component_with_the_name_of_a_default_stops_no_pipeline()
    {
        _home.Spud("add", _home.Source).Succeeded();
        string manifest = Path.Combine(_home.Installed, "spud-plugin.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"router\": [\"odd\"]", "\"router\": [\"top-k\"]"));
        string explained = EndToEnd.Spud.RunAt(_home.Home, "explain", "-m", s_mixture).Succeeded().Output;
        Assert.Contains("backend.cpu/top-k", explained);
    }

    [Fact]
    public void A_name_that_another_plugin_offers_is_noted_when_a_plugin_is_checked_or_added()
    {
        _home.Spud("add", _home.Source).Succeeded();
        _home.Edit("\"id\": \"odd\"", "\"id\": \"odd.twin\"");
        foreach (string command in new[] { "check", "add" })
        {
            string output = string.Join(' ', _home.Spud(command, _home.Source).Succeeded().Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains("note: offers router 'odd', and so does odd: a pipeline writes 'odd.twin/odd' or 'odd/odd'.", output);
        }
    }

    [Fact]
    public void A_folder_that_the_user_names_wins_over_the_installed_copy_and_says_so()
    {
        _home.Spud("add", _home.Source).Succeeded();
        _home.Edit("\"version\": \"0.1.0\"", "\"version\": \"0.2.0\"");
        Outcome explained = EndToEnd.Spud.RunAt(_home.Home, "plugins", "--plugins", _home.Source);
        Assert.Contains("odd 0.2.0: active", explained.Succeeded().Output);
        Assert.Contains("odd 0.1.0: duplicate", explained.Output);
        Assert.Contains($"note: plugin 'odd' is taken from {_home.Source}, not from {_home.Installed} (--plugins).", explained.Error);
    }

    [Fact]
    public void A_plugins_own_folder_and_the_folder_above_it_are_both_taken()
    {
        string parent = Path.GetDirectoryName(_home.Source)!;
        Assert.Contains("odd 0.1.0: active", _home.Spud("--plugins", _home.Source).Succeeded().Output);
        Assert.Contains("odd 0.1.0: active", _home.Spud("--plugins", parent).Succeeded().Output);
        _home.Spud("check", parent).Refused(2, "is a folder of plugins", _home.Source);
    }
}
