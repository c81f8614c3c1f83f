using System.Text;

namespace Spud.Host;

/// <summary>The edits of one <c>--vary path=v1,v2,…</c>. Commas inside brackets, braces and quotes do not separate values.</summary>
internal static class Variation
{
    /// <summary>The edits of one option, such as <c>cache.format=f16</c> and <c>cache.format=f32</c>.</summary>
    /// <exception cref="BadInputException">It is not a path with values.</exception>
    public static string[] Edits(string option)
    {
        int equals = option.IndexOf('=');
        string[] values = equals > 0 ? [.. Split(option[(equals + 1)..])] : [];
        if (values.Length == 0 || values.Any(string.IsNullOrWhiteSpace))
            throw new BadInputException($"--vary: expected path=value,value,…, such as cache.format=f16,f32, got '{option}'.");

        return [.. values.Select(value => $"{option[..equals]}={value}")];
    }

    /// <summary>Every combination of the edits of several options, the last option varying fastest; without options, one empty combination.</summary>
    public static IEnumerable<string[]> Combinations(IEnumerable<string> options)
    {
        IEnumerable<string[]> combinations = [[]];
        foreach (string option in options)
        {
            string[] edits = Edits(option);
            combinations = [.. combinations.SelectMany(before => edits.Select(edit => (string[])[.. before, edit]))];
        }

        return combinations;
    }

    private static IEnumerable<string> Split(string values)
    {
        StringBuilder value = new();
        (int depth, bool quoted) = (0, false);
        foreach (char c in values)
        {
            quoted ^= c == '"' && (value.Length == 0 || value[^1] != '\\');
            depth += quoted ? 0 : c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0;
            if (c == ',' && depth == 0 && !quoted)
            {
                yield return value.ToString();
                value.Clear();
            }
            else
            {
                value.Append(c);
            }
        }

        yield return value.ToString();
    }
}
