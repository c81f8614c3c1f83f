using System.Text.Json;
using Spud.Models;

namespace Spud.Host.Tests.EndToEnd;

/// <summary>convert and quantize.</summary>
public sealed class ConvertTests
{
    [Fact]
    public void A_quantised_model_is_smaller_and_scores_nearly_the_same()
    {
        using TempFolder folder = new();
        string small = folder.File("small.gguf");
        JsonElement result = Spud.Run("quantize", Spud.Stories, small, "--to", "q8_0", "--json").Succeeded().Json;
        Assert.Equal(small, result.GetProperty("file").GetString());
        Assert.InRange(result.GetProperty("bytes").GetInt64(), 1, result.GetProperty("sourceBytes").GetInt64() / 2);
        Assert.True(result.GetProperty("tensors").GetProperty("Q8_0").GetInt32() > 20);
        Assert.Equal(Loss(Spud.Stories), Loss(small), 0.02);
    }

    [Fact]
    public void What_is_converted_says_what_it_became_and_which_rows_are_not_whole_blocks()
    {
        using TempFolder folder = new();
        Outcome done = Spud.Run("quantize", Spud.Stories, folder.File("small.gguf"), "--to", "q4_k").Succeeded();
        Assert.Contains("became", done.Output);
        Assert.Contains("rows that are not whole blocks", done.Error);
        Assert.Matches(@"\d F16", Spud.Run("convert", Spud.Stories, folder.File("half.gguf"), "--to", "F16").Succeeded().Output);
    }

    [Fact]
    public void Bad_input_is_refused_and_leaves_an_older_file()
    {
        using TempFolder folder = new();
        string older = folder.File("older.gguf");
        File.WriteAllText(older, "older");
        Spud.Run("quantize", Spud.Stories, older, "--to", "q3_k").Refused(2, "--to", "Q4_K", "q3_k");
        Spud.Run("convert", Spud.Stories, older, "--to", "q8_0").Refused(2, "--to", "F32, F16, BF16");
        Spud.Run("quantize", Spud.Stories, older).Refused(2, "--to");
        Spud.Run("quantize", older, folder.File("new.gguf"), "--to", "q8_0").Refused(2, "older.gguf", "not a GGUF");
        Spud.Run("quantize", Spud.Stories, folder.Path, "--to", "q8_0").Refused(2, "directory");
        Spud.Run("quantize", Spud.Stories, folder.File("missing/new.gguf"), "--to", "q8_0").Refused(2, "no folder");
        Assert.Equal("older", File.ReadAllText(older));
        Assert.Equal([older], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_model_may_be_written_over_itself()
    {
        using TempFolder folder = new();
        string model = folder.File("model.gguf");
        File.Copy(Spud.Stories, model);
        Spud.Run("convert", model, model, "--to", "bf16").Succeeded();
        using GgufFile file = GgufFile.Open(model);
        Assert.Contains(file.Tensors, static tensor => tensor.Type == ElementType.BF16);
    }

    private static double Loss(string model) => Spud.Run("score", "-m", model, "--json", "Once upon a time, there was a little girl named Lily.").Succeeded().Json.GetProperty("meanLoss").GetDouble();
}
