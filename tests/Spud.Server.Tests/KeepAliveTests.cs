using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

public sealed class KeepAliveTests
{
    [Fact]
    public async Task A_stream_without_tokens_shows_signs_of_life_as_comments()
    {
        await using TestServer server = await TestServer.StartAsync(TestData.DefaultModel, ["--Serve:KeepAliveSeconds=0.01"]);
        string prompt = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 60));
        string[] lines = await server.LinesAsync(ChatPath, $$"""{ "stream": true, "max_tokens": 1, "messages": [{ "role": "user", "content": "{{prompt}}" }] }""");
        Assert.StartsWith(":", lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.True(line[0] == ':' || line.StartsWith("data: ", StringComparison.Ordinal), line));
        Assert.Equal("data: [DONE]", lines[^1]);
    }
}
