using System.Text.Json;

namespace Spud.Server.Tests.Clients;

/// <summary>Clients from npm against the server as a user starts it.</summary>
public sealed class NpmClientTests(ServerProcess server, NpmPackages npm)
{
    [Fact]
    public async Task The_official_client_chats_streams_embeds_and_responds()
    {
        JsonElement result = await npm.RunAsync("openai.mjs", server.Address);
        foreach (string name in (string[])["chat", "streamed", "accumulated", "response", "final"])
            Assert.Contains("Paris", result.GetProperty(name).GetString(), StringComparison.Ordinal);

        Assert.Equal("stop", result.GetProperty("finish").GetString());
        Assert.InRange(result.GetProperty("tokens").GetInt32(), 5, 20);
        Assert.Equal([576, 576], result.GetProperty("dimensions").EnumerateArray().Select(static value => value.GetInt32()));
        Assert.Equal("get_weather", result.GetProperty("called").GetProperty("name").GetString());
        Assert.Equal(result.GetProperty("called").GetProperty("arguments").GetString(), result.GetProperty("calledStream").GetProperty("arguments").GetString());
        AssertCity(JsonDocument.Parse(result.GetProperty("called").GetProperty("arguments").GetString()!).RootElement);
        AssertCity(result.GetProperty("structured"));
        Assert.Equal((404, "model_not_found", "NotFoundError"), (result.GetProperty("missing").GetProperty("status").GetInt32(), result.GetProperty("missing").GetProperty("code").GetString(), result.GetProperty("missing").GetProperty("name").GetString()));
        Assert.Equal(ServerProcess.Model, Assert.Single(result.GetProperty("models").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task The_ai_sdk_generates_streams_and_embeds()
    {
        JsonElement result = await npm.RunAsync("ai-sdk.mjs", server.Address);
        Assert.Contains("Paris", result.GetProperty("whole").GetString(), StringComparison.Ordinal);
        Assert.Equal(result.GetProperty("whole").GetString(), result.GetProperty("streamed").GetString());
        Assert.Equal(("stop", "stop"), (result.GetProperty("finish").GetString(), result.GetProperty("streamFinish").GetString()));
        Assert.InRange(result.GetProperty("tokens").GetInt32(), 5, 20);
        Assert.Equal(576, result.GetProperty("dimensions").GetInt32());
        Assert.All(result.GetProperty("calls").EnumerateArray().Concat(result.GetProperty("streamedCalls").EnumerateArray()), AssertCity);
        Assert.NotEmpty(result.GetProperty("streamedCalls").EnumerateArray());
    }

    [Fact]
    public async Task Langchain_chats_streams_and_embeds()
    {
        JsonElement result = await npm.RunAsync("langchain.mjs", server.Address);
        Assert.Contains("Paris", result.GetProperty("whole").GetString(), StringComparison.Ordinal);
        Assert.Equal(result.GetProperty("whole").GetString(), result.GetProperty("streamed").GetString());
        Assert.InRange(result.GetProperty("tokens").GetInt32(), 5, 20);
        Assert.Equal([576, 576], result.GetProperty("dimensions").EnumerateArray().Select(static value => value.GetInt32()));
            Assert.NotEmpty(result.GetProperty("calls").EnumerateArray());
        Assert.All(result.GetProperty("calls").EnumerateArray(), AssertCity);
        AssertCity(result.GetProperty("structured"));
    }

    private static void AssertCity(JsonElement value) => Assert.Contains(value.GetProperty("city").GetString(), (string[])["Paris", "Rome"]);
}
