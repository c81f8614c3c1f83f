using Xunit;

namespace Spud.Tests;

public sealed class TestDataTests
{
    [Fact]
    public void FindsTheDataFolderAndTheDefaultModel()
    {
        Assert.True(Directory.Exists(TestData.Path("dequant")));
        Assert.True(File.Exists(TestData.DefaultModel));
        Assert.Throws<FileNotFoundException>(() => TestData.Path("no such file"));
    }
}
