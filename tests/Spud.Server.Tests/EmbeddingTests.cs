using System.Buffers.Binary;
using System.Text.Json;

namespace Spud.Server.Tests;

public sealed class EmbeddingTests(SharedServer shared)
{
    private const string Path = "/v1/embeddings";

    private TestServer Server => shared.Server;

    // vllm#5734, #6174: base64 was refused; lmstudio-bug-tracker#756, litellm#42426: encoding_format was ignored, and clients saw a quarter
    // of the dimensions; ollama#6934: numbers where base64 was asked for.
    [Fact]
    public async Task Base64_and_numbers_are_the_same_vector_of_length_one()
    {
        float[] numbers = Numbers(await Server.AnswerAsync(Path, """{ "input": "Once upon a time" }"""));
        float[] encoded = Encoded(await Server.AnswerAsync(Path, """{ "input": "Once upon a time", "encoding_format": "base64" }"""));
        Assert.Equal(64, numbers.Length);
        Assert.Equal(numbers, encoded);
        Assert.Equal(1, Math.Sqrt(numbers.Sum(static value => (double)value * value)), 5);
    }

    [Fact]
    public async Task Inputs_are_texts_or_ids()
    {
        JsonElement texts = await Server.AnswerAsync(Path, """{ "input": ["Once", "upon a time"], "encoding_format": "float" }""");
        Assert.Equal([0, 1], texts.GetProperty("data").EnumerateArray().Select(static entry => entry.GetProperty("index").GetInt32()));
        JsonElement tokens = await Server.AnswerAsync("/tokenize", """{ "content": "Once", "add_special": true }""");
        string ids = tokens.GetProperty("tokens").GetRawText();
        Assert.Equal(Numbers(texts), Numbers(await Server.AnswerAsync(Path, $$"""{ "input": {{ids}} }""")));
        Assert.Equal(Numbers(texts), Numbers(await Server.AnswerAsync(Path, $$"""{ "input": [{{ids}}] }""")));
        JsonElement usage = texts.GetProperty("usage");
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
        Assert.True(usage.GetProperty("compute").GetProperty("compute_units").GetDecimal() > 0);
    }

    [Fact]
    public async Task Pooling_is_chosen_by_the_request() =>
        Assert.NotEqual(Numbers(await Server.AnswerAsync(Path, """{ "input": "Once upon" }""")), Numbers(await Server.AnswerAsync(Path, """{ "input": "Once upon", "pooling": "last" }""")));

    [Theory]
    [InlineData("""{ "input": "a", "dimensions": 16 }""", "dimensions")]
    [InlineData("""{ "input": "a", "encoding_format": "hex" }""", "encoding_format")]
    [InlineData("""{ "input": [] }""", "input")]
    [InlineData("""{ "input": [{}] }""", "input[0]")]
    [InlineData("""{ "input": [1, 9999] }""", "input[1]")]
    [InlineData("{}", "input")]
    public async Task What_is_wrong_or_not_honoured_is_named(string body, string param) =>
        Assert.Equal(param, (await Server.RefusedAsync(400, Path, body)).GetProperty("param").GetString());

    [Fact]
    public async Task Dimensions_that_are_the_models_own_are_honoured() => await Server.AnswerAsync(Path, """{ "input": "a", "dimensions": 64 }""");

    private static float[] Numbers(JsonElement answer) => [.. answer.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(static value => value.GetSingle())];

    private static float[] Encoded(JsonElement answer)
    {
        byte[] bytes = answer.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        return [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * 4)))];
    }
}
