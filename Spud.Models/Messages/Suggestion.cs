namespace Spud.Models.Messages;

/// <summary>Finds the known name that was probably meant.</summary>
public static class Suggestion
{
    private const int LongestName = 64;

    /// <summary>" Did you mean 'bits'?", or an empty string if no known name is close.</summary>
    public static string Hint(string name, IEnumerable<string> known) => For(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>
    /// The known name with the smallest edit distance (insertion, deletion, replacement, swap of neighbours; ignoring case), if at most
    /// a third of its length, or one.
    /// </summary>
    public static string? For(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > LongestName)
            return null;
        string? best = null;
        int lowest = int.MaxValue;
        foreach (string candidate in known)
        {
            int edits = Edits(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (edits <= Math.Max(1, Math.Max(name.Length, candidate.Length) / 3) && edits < lowest)
                (best, lowest) = (candidate, edits);
        }

        return best;
    }

    // Optimal string alignment, three rows at a time.
    private static int Edits(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1], last = [.. Enumerable.Range(0, b.Length + 1)], row = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, 1 + Math.Min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
