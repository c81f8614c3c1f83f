namespace Spud.Configuration;

/// <summary>Layer numbers as text: "0-3,5".</summary>
internal static class LayerNumbers
{
    public static string Text(IReadOnlyList<int> ascending)
    {
        List<string> ranges = [];
        for (int i = 0; i < ascending.Count;)
        {
            int first = ascending[i], last = first;
            while (++i < ascending.Count && ascending[i] == last + 1)
                last++;

            ranges.Add(first == last ? $"{first}" : $"{first}-{last}");
        }

        return ranges.Count == 0 ? "none" : string.Join(',', ranges);
    }
}
