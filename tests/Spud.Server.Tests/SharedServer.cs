[assembly: AssemblyFixture(typeof(Spud.Server.Tests.SharedServer))]

namespace Spud.Server.Tests;

/// <summary>The server of all tests that need no settings of their own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    /// <summary>Path of chats.</summary>
    public const string ChatPath = "/v1/chat/completions";

    private TestServer? _server;

    /// <summary>The server.</summary>
    public TestServer Server => _server!;

    /// <summary>A chat of one message.</summary>
    /// <param name="more">Further fields, each followed by a comma.</param>
    public static string Body(string more = "") => $$"""{ {{more}} "max_tokens": 8, "temperature": 0, "messages": [{ "role": "user", "content": "Once upon a time" }] }""";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
