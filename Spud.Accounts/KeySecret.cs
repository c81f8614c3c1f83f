using System.Security.Cryptography;
using System.Text;

namespace Spud.Accounts;

/// <summary>
/// API keys: "spud-ID-SECRET", with 256 random bits of secret. Only the SHA-256 hash is stored. A fast hash is enough, because a random secret
/// of this length cannot be guessed.
/// </summary>
internal static class KeySecret
{
    private const string Prefix = "spud-";
    private const int IdLength = 12, SecretBytes = 32, SecretLength = 2 * SecretBytes;

    // Compared with when there is no such key, so that an unknown id takes as long as a wrong secret.
    private static readonly string s_nobody = new('0', SecretLength);

    /// <summary>Makes a key.</summary>
    public static (string Id, string Secret) Create()
    {
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        return (id, $"{Prefix}{id}-{RandomNumberGenerator.GetHexString(SecretLength, lowercase: true)}");
    }

    /// <summary>The id in a key; null if the text has not the form of a key.</summary>
    public static string? IdOf(string key) =>
        key.Length == Prefix.Length + IdLength + 1 + SecretLength && key.StartsWith(Prefix, StringComparison.Ordinal) && key[Prefix.Length + IdLength] == '-'
            ? key.Substring(Prefix.Length, IdLength) : null;

    /// <summary>What is stored of a key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Whether a key has this hash, in constant time.</summary>
    /// <param name="key">What a client sent.</param>
    /// <param name="hash">What is stored; null if nothing is.</param>
    public static bool Matches(string key, string? hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(key)), Encoding.ASCII.GetBytes(hash ?? s_nobody)) && hash is not null;
}
