using System.Globalization;
using System.Text;

namespace Spud.Tests.Configuration;

/// <summary>Damages a JSON text in the ways that people, editors and enemies do; the same seed gives the same damage.</summary>
internal sealed class JsonMutator(int seed)
{
    private static readonly string[] s_tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "1e999", "99999999999999999999", "0.5", "\"\"", "\"use\"", "\"cpu\"", "\"0-3\"",
        "\"4-\"", "\"layers\":", "\"\\ud800\"", "\"\\u0000\"", "/* */", "//", "\n", "\\", "\t", "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":", "\uFEFF", "é", "𝄞",
    ];

    private readonly Random _random = new(seed);

    /// <summary>How many mutants a test tries: 10,000, times the environment variable SPUD_FUZZ.</summary>
    public static int Count => 10_000 * int.Parse(Environment.GetEnvironmentVariable("SPUD_FUZZ") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>One to four damages.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> original)
    {
        List<byte> text = [.. original];
        for (int left = _random.Next(1, 5); left > 0; left--)
            Damage(text);
        return [.. text];
    }

    private void Damage(List<byte> text)
    {
        int at = _random.Next(text.Count + 1);
        int length = Math.Min(_random.Next(1, 20), text.Count - at);
        switch (_random.Next(7))
        {
            case 0 when length > 0:
                text[at] = (byte)_random.Next(256);
                break;
            case 1:
                text.RemoveRange(at, length);
                break;
            case 2:
                text.InsertRange(at, text.GetRange(_random.Next(text.Count - length + 1), length));
                break;
            case 3 when _random.Next(4) == 0:
                text.RemoveRange(at, text.Count - at);
                break;
            case 4:
                text.RemoveRange(at, length);
                text.InsertRange(at, Token());
                break;
            case 5 when _random.Next(10) == 0:
                text.InsertRange(at, Enumerable.Repeat(Token(), _random.Next(1, 200)).SelectMany(bytes => bytes));
                break;
            default:
                text.InsertRange(at, Token());
                break;
        }
    }

    private byte[] Token() => Encoding.UTF8.GetBytes(s_tokens[_random.Next(s_tokens.Length)]);
}
