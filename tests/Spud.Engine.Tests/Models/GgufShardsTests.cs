using Spud.Models;
using Xunit;

namespace Spud.Tests.Models;

public sealed class GgufShardsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public unsafe void OpeningTheFirstPartOpensAll()
    {
        string first = WriteParts();
        using GgufFile file = GgufFile.Open(first);
        Assert.Equal(3, file.Files.Count());
        Assert.Equal(first, file.Path);
        Assert.Equal(["t0", "t1", "t2"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal("all", file.Metadata.RequireString("general.name"));
        Assert.DoesNotContain(file.Metadata.Unread, key => key.StartsWith("split.", StringComparison.Ordinal));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Part(i), file.Tensors[i].File);
            Assert.Equal(i, *(float*)file.AddressOf(file.Tensors[i]));
        }
    }

    [Fact]
    public void OpeningAnotherPartSaysWhichToOpen()
    {
        string first = WriteParts();
        AssertRefused(Part(1), "got part 2 of 3", $"Open {first} instead");
    }

    [Fact]
    public void AMissingPartIsNamed()
    {
        string first = WriteParts();
        File.Delete(Part(1));
        AssertRefused(first, "part 2 of 3 is missing", Part(1));
    }

    [Fact]
    public void ABrokenPartIsNamed()
    {
        string first = WriteParts();
        File.WriteAllText(Part(2), "not a model");
        AssertRefused(first, Part(2), "not a GGUF");
    }

    [Fact]
    public void ARenamedFirstPartIsRefused()
    {
        File.Move(WriteParts(), _folder.File("model.gguf"));
        AssertRefused(_folder.File("model.gguf"), "expected a name that ends in -00001-of-00003.gguf");
    }

    [Fact]
    public void APartOfAnotherPlaceIsRefused()
    {
        string first = WriteParts();
        File.Copy(Part(2), Part(1), overwrite: true);
        AssertRefused(first, Part(1), "expected part 2 of 3", "got part 3 of 3");
    }

    [Fact]
    public void ATensorInTwoPartsIsRefused()
    {
        string first = WriteParts(name: _ => "same");
        AssertRefused(first, "tensor 'same'", "already");
    }

    [Fact]
    public void AWrongNumberOfTensorsIsRefused() =>
        AssertRefused(WriteParts(tensors: 4), "split.tensors.count", "expected 4 tensors in 3 parts, got 3");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ALoneFileMaySayThatItIsOneOfOne(ushort count)
    {
        using GgufFile file = GgufFile.Open(_folder.Write("lone.gguf", new GgufBuilder().Set("split.no", (ushort)0).Set("split.count", count).Build()));
        Assert.Single(file.Files);
    }

    [Fact]
    public void APartNumberBeyondTheCountIsRefused() =>
        AssertRefused(_folder.Write("m.gguf", new GgufBuilder().Set("split.no", (ushort)5).Set("split.count", (ushort)3).Build()), "split.no", "from 0 to 2, got 5");

    private string Part(int no) => _folder.File($"model-{no + 1:D5}-of-00003.gguf");

    private string WriteParts(int tensors = 3, Func<int, string>? name = null)
    {
        for (int i = 0; i < 3; i++)
        {
            GgufBuilder part = new();
            if (i == 0)
                part.Set("general.name", "all");
            part.Set("split.no", (ushort)i).Set("split.count", (ushort)3).Set("split.tensors.count", tensors);
            File.WriteAllBytes(Part(i), part.Add(name?.Invoke(i) ?? $"t{i}", [2], [i, 0]).Build());
        }

        return Part(0);
    }

    private static void AssertRefused(string path, params string[] parts)
    {
        string message = Assert.Throws<ModelFileException>(() => GgufFile.Open(path)).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
