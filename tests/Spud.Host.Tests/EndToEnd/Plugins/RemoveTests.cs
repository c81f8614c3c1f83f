namespace Spud.Host.Tests.EndToEnd.Plugins;

public sealed class RemoveTests : IDisposable
{
    private readonly OddHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void What_is_not_installed_is_refused_with_the_nearest()
    {
        _home.Spud("remove", "odd").Refused(2, "no plugin 'odd' in", "Nothing is installed there.");
        _home.Spud("add", _home.Source).Succeeded();
        _home.Spud("remove", "od").Refused(2, "Installed: odd.", "Did you mean 'odd'?");
        Assert.Equal(["odd"], _home.InFolder);
    }

    [Theory]
    [InlineData("../plugins/odd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public void Only_ids_are_removed(string id)
    {
        _home.Spud("add", _home.Source).Succeeded();
        _home.Spud("remove", id).Refused(2, "no plugin");
        Assert.Equal(["odd"], _home.InFolder);
    }

    [Fact]
    public void What_came_with_spud_stays()
    {
        _home.Spud("remove", "backend.cpu").Refused(2, "plugin 'backend.cpu' is in", "nothing is removed from there");
        Assert.Contains("backend.cpu 0.1.0: active", _home.Spud().Output);
    }

    [Fact]
    public void Of_a_linked_folder_the_link_goes_and_the_plugin_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the right to make symbolic links");
        Directory.CreateDirectory(_home.Plugins);
        Directory.CreateSymbolicLink(Path.Combine(_home.Plugins, "linked"), _home.Source);
        _home.Spud("remove", "odd").Succeeded();
        Assert.Empty(_home.InFolder);
        Assert.True(File.Exists(Path.Combine(_home.Source, "Odd.dll")));
    }

    [Fact]
    public void A_broken_plugin_can_be_removed_by_the_name_of_its_folder()
    {
        Directory.CreateDirectory(Path.Combine(_home.Plugins, "broken"));
        Assert.Equal($"removed broken from {_home.Plugins}\n", _home.Spud("remove", "broken").Succeeded().Output);
    }
}
