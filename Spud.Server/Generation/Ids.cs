using System.Security.Cryptography;

namespace Spud.Server.Generation;

/// <summary>Identifiers of answers.</summary>
internal static class Ids
{
    /// <summary>An identifier that nobody else has, such as <c>chatcmpl-0123…</c>.</summary>
    public static string New(string prefix) => prefix + RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>Now, in seconds since 1970.</summary>
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>What computes the answers.</summary>
    public static string Fingerprint { get; } = $"spud-{typeof(Ids).Assembly.GetName().Version?.ToString(3)}";
}
