using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>Checks the entries of a role against each other: the first match wins, the last one serves the rest.</summary>
internal static class EntryOrder
{
    /// <summary>Reports entries that are never used, and a last entry that does not serve all remaining layers.</summary>
    public static void Check(ImmutableArray<RoleEntry> entries, FaultList faults)
    {
        // One element for every layer that can be written, and one for all beyond.
        Dictionary<Phase, bool[]> served = Enum.GetValues<Phase>().ToDictionary(phase => phase, _ => new bool[LayerSet.HighestLayer + 2]);
        bool all = false;
        foreach (RoleEntry entry in entries)
        {
            bool isDefault = entry == entries[^1] && entry.ServesAll;
            bool isUsed = !all && (Serve(entry, served) || isDefault);
            if (!isUsed)
                faults.Add(entry.Origin, $"{entry.Path} is never used: earlier entries serve all of its layers and phases.");
            all |= entry.ServesAll;
        }

        if (!all)
            faults.Add(entries[^1].Origin, $"{entries[^1].Path} must have neither 'layers' nor 'phase': the last entry serves what no other does.");
    }

    private static bool Serve(RoleEntry entry, Dictionary<Phase, bool[]> served)
    {
        bool isUsed = false;
        foreach ((Phase phase, bool[] layers) in served)
        {
            for (int layer = 0; layer < layers.Length; layer++)
            {
                if (layers[layer] || !entry.Serves(layer, phase))
                    continue;
                layers[layer] = true;
                isUsed = true;
            }
        }

        return isUsed;
    }
}
