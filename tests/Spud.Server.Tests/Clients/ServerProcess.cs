[assembly: AssemblyFixture(typeof(Spud.Server.Tests.Clients.ServerProcess))]

namespace Spud.Server.Tests.Clients;

/// <summary><c>spud serve</c> as a user starts it, on a free port, with the embedded model.</summary>
public sealed class ServerProcess : IAsyncLifetime
{
    private RunningServer? _server;

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>The embedded model's name.</summary>
    public static string Model => System.IO.Path.GetFileNameWithoutExtension(TestData.DefaultModel);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = RunningServer.Start("--port", "0", "--threads", "1");
        await _server.UntilReadyAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server!.DisposeAsync();
}
