namespace Spud.Host.Tests.Cli;

public sealed class OutputFileTests
{
    [Fact]
    public void Numbers_are_written_little_endian()
    {
        using TempFolder folder = new();
        string path = folder.File("numbers");
        using (OutputFile file = new(path))
        {
            file.Write([1.5f, -2f]);
            file.Write([1, -2]);
            file.Complete();
        }

        Assert.Equal("0000C03F000000C001000000FEFFFFFF", Convert.ToHexString(File.ReadAllBytes(path)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_left_of_a_file_that_was_not_completed(bool wasThere)
    {
        using TempFolder folder = new();
        string path = wasThere ? folder.Write("numbers", "old"u8) : folder.File("numbers");
        using (OutputFile file = new(path))
            file.Write([1f]);

        Assert.False(File.Exists(path));
    }
}
