namespace Spud.Host.Tests.Cli;

public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CommandFiles _files = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_are_written_little_endian()
    {
        string path = _folder.File("numbers");
        using (OutputFile file = _files.Create(path))
        {
            file.Write([1.5f, -2f]);
            file.Write([1, -2]);
            file.Complete();
        }

        Assert.Equal("0000C03F000000C001000000FEFFFFFF", Convert.ToHexString(File.ReadAllBytes(path)));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Until_it_is_complete_an_older_file_stays_as_it_was()
    {
        string path = _folder.Write("numbers", "old"u8);
        using (OutputFile file = _files.Create(path))
        {
            file.Write([1f]);
            Assert.Equal("old", File.ReadAllText(path));
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_process_left_is_replaced()
    {
        string path = _folder.Write("numbers", "old"u8);
        _folder.Write(".numbers.spud-unfinished", "much longer than what comes now"u8);
        using (OutputFile file = _files.Create(path))
        {
            file.Write("new"u8);
            file.Complete();
        }

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_link_in_the_place_of_the_unfinished_file_is_not_followed()
    {
        string victim = _folder.Write("victim", "victim"u8);
        File.CreateSymbolicLink(_folder.File(".numbers.spud-unfinished"), victim);
        using (OutputFile file = _files.Create(_folder.File("numbers")))
            file.Complete();

        Assert.Equal("victim", File.ReadAllText(victim));
    }

    [Fact]
    public void A_link_leads_to_the_file_that_is_replaced()
    {
        string target = _folder.Write("target", "old"u8), link = _folder.File("link");
        File.CreateSymbolicLink(link, target);
        using (OutputFile file = _files.Create(link))
        {
            file.Write("new"u8);
            file.Complete();
        }

        Assert.Equal("new", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_second_writer_is_refused_while_the_first_one_writes()
    {
        using OutputFile file = _files.Create(_folder.File("numbers"));
        Refused(() => new CommandFiles().Create(_folder.File("numbers")), "another process is writing it");
    }

    [Theory]
    [InlineData("input")]
    [InlineData("symbolic")]
    [InlineData("hard")]
    [InlineData("folder/../input")]
    [InlineData("linked-folder/input")]
    public void An_output_that_is_an_input_is_refused_by_whatever_name_it_goes(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "hard links are told by device and inode, which is done on Linux");
        string input = _folder.Write("input", "precious"u8);
        Directory.CreateDirectory(_folder.File("folder"));
        File.CreateSymbolicLink(_folder.File("symbolic"), input);
        Directory.CreateSymbolicLink(_folder.File("linked-folder"), _folder.Path);
        using (System.Diagnostics.Process hard = System.Diagnostics.Process.Start("ln", [input, _folder.File("hard")]))
            hard.WaitForExit();

        _files.Reads(input);
        Refused(() => _files.Create(_folder.File(name)), "would overwrite");
        Assert.Equal("precious", File.ReadAllText(input));
    }

    [Fact]
    public void An_input_that_is_read_later_is_not_replaced_either()
    {
        string path = _folder.Write("late", "precious"u8);
        using (OutputFile file = _files.Create(path))
        {
            _files.Reads(path);
            Refused(file.Complete, "would overwrite");
        }

        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Fact]
    public void Two_outputs_do_not_share_a_file_that_is_not_there_yet()
    {
        using OutputFile first = _files.Create(_folder.File("out"));
        Refused(() => _files.Create(Path.Combine(_folder.Path, ".", "out")), "two outputs");
    }

    [Fact]
    public void A_device_is_written_to_as_often_as_one_likes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs /dev/null");
        using OutputFile first = _files.Create("/dev/null"), second = _files.Create("/dev/null");
        first.Write("text"u8);
        first.Complete();
        Assert.False(first.IsOrdinary);
    }

    private static void Refused(Action action, string words) => Assert.Contains(words, Assert.Throws<BadInputException>(action).Message);
}
