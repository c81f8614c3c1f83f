namespace Spud.Host.Tests.EndToEnd.Plugins;

/// <summary>A plugin is full-trust code: it is loaded from the application's folder, the user's folders or one that is named, and from nowhere else.</summary>
public sealed class PlacesTests : IDisposable
{
    private readonly OddHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("plugins")]
    [InlineData(".spud/plugins")]
    [InlineData("spud/plugins")]
    [InlineData("")]
    public void A_plugin_in_the_current_folder_or_beside_a_pipeline_is_not_found(string place)
    {
        string work = Directory.CreateDirectory(_home.Beside("work")).FullName;
        Lay(Path.Combine(work, place, "odd"));
        File.WriteAllText(Path.Combine(work, "pipeline.json"), """{ "router": { "use": "odd" } }""");

        Assert.DoesNotContain("odd", At(work, "plugins").Succeeded().Output);
        At(work, "explain -p pipeline.json").Refused(2, "no plugin offers router 'odd'");

        Assert.Contains("odd 0.1.0: active", At(work, $"plugins --plugins ./{place}").Succeeded().Output);
    }

    [Theory]
    [InlineData(".spud/plugins")]
    [InlineData("spud/plugins")] // of $XDG_DATA_HOME, which is the home here
    public void A_plugin_in_the_users_folders_is_found(string place)
    {
        Lay(Path.Combine(_home.Home, place, "odd"));
        Assert.Contains("odd 0.1.0: active", _home.Spud().Succeeded().Output);
    }

    [Theory]
    [InlineData("plugins")]
    [InlineData("pluginFolders")]
    public void A_pipeline_cannot_name_a_folder_of_plugins(string member)
    {
        string pipeline = _home.Beside("pipeline.json");
        File.WriteAllText(pipeline, $$"""{ "{{member}}": ["{{Path.GetDirectoryName(_home.Source)}}"] }""");
        EndToEnd.Spud.RunAt(_home.Home, "explain", "-p", pipeline).Refused(2, member);
    }

    private Outcome At(string folder, string arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");
        return EndToEnd.Spud.Finish(EndToEnd.Spud.Start("/bin/sh", ["-c", $"cd '{folder}' && \"$SPUD\" {arguments}"], _home.Home), []);
    }

    private void Lay(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(_home.Source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
