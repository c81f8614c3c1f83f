namespace Spud.Host.Tests.Cli;

public sealed class UserPluginsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_process_changes_the_folder_at_a_time()
    {
        using UserPlugins first = new(_folder.Path);
        BadInputException refused = Assert.Throws<BadInputException>(() => new UserPlugins(_folder.Path));
        Assert.Contains("Wait for the other 'spud plugins' to end.", refused.Message);
    }

    [Fact]
    public void What_an_interrupted_change_left_is_cleared_and_a_plugin_without_its_successor_stands_again()
    {
        foreach (string name in new[] { ".coming-abc.def", ".going-abc.def", ".going-there-abc.def", ".going-only.one-abc.def", "there", ".theirs" })
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(_folder.File(name)).FullName, "file"), name);

        using UserPlugins plugins = new(_folder.Path);

        Assert.Equal([".theirs", "only.one", "there"], Directory.GetDirectories(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("there", File.ReadAllText(Path.Combine(_folder.File("there"), "file")));
    }

    [Fact]
    public void A_plugin_that_is_too_large_is_refused_by_what_is_written()
    {
        PluginFiles files = new("source", _folder.Path, CancellationToken.None) { MaxBytes = 100 };
        files.Write("a/first", new MemoryStream(new byte[60]));
        Assert.Contains("more than 100 bytes", Assert.Throws<BadInputException>(() => files.Write("second", new MemoryStream(new byte[60]))).Message);
    }
}
