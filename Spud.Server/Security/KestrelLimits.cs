using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spud.Server.Settings;

namespace Spud.Server.Security;

/// <summary>Limits that keep a client from holding the server's memory or connections by being large, slow or silent.</summary>
internal static class KestrelLimits
{
    private const double BytesPerSecond = 240;

    private static readonly TimeSpan s_bodyStall = TimeSpan.FromSeconds(5);

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
        TimeSpan stall = TimeSpan.FromSeconds(settings.StallSeconds);
        limits.MinRequestBodyDataRate = new(BytesPerSecond, stall < s_bodyStall ? stall : s_bodyStall);
        limits.MinResponseDataRate = new(BytesPerSecond, stall);
    }
}
