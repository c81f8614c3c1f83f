using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spud.Server.Settings;

namespace Spud.Server.Security;

/// <summary>Limits that keep a client from holding the server's memory or connections by being large, slow or silent.</summary>
internal static class KestrelLimits
{
    /// <summary>Sets them.</summary>
    public static void Apply(KestrelServerOptions options, ServerSettings settings)
    {
        KestrelServerLimits limits = options.Limits;
        options.AddServerHeader = false;
        limits.MaxRequestBodySize = (long)settings.BodyMegabytes << 20;
        limits.MaxConcurrentConnections = settings.Connections;
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8 << 10;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.HeaderSeconds);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        // A client that reads nothing is cut off; the text was generated without waiting for it.
        limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));
    }
}
