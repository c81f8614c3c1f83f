namespace Spud.Numerics.Blocks;

/// <summary>Unpacks codebooks, each once, when a format that uses it is first used.</summary>
internal static class Codebook
{
    /// <summary>Points of eight coordinates, packed with 2 bits each.</summary>
    public static ulong[] Points8(ReadOnlySpan<ushort> packed, ReadOnlySpan<sbyte> coordinates)
    {
        var points = new ulong[packed.Length];
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = 0; j < 8; j++)
            {
                points[i] |= (ulong)(byte)coordinates[(packed[i] >> (2 * j)) & 3] << (8 * j);
            }
        }

        return points;
    }

    /// <summary>Points of four coordinates, packed with 4 bits each.</summary>
    public static uint[] Points4(ReadOnlySpan<ushort> packed, ReadOnlySpan<sbyte> coordinates)
    {
        var points = new uint[packed.Length];
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                points[i] |= (uint)(byte)coordinates[(packed[i] >> (4 * j)) & 15] << (8 * j);
            }
        }

        return points;
    }
}
