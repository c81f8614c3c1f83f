namespace Backend.Cpu.Shared;

/// <summary>
/// How tiles are shared out: some neighbours a part where rows are few, so that drawing a part costs little beside doing it. A tile's
/// numbers do not depend on its part.
/// </summary>
/// <param name="Tiles">How many there are.</param>
/// <param name="Each">Tiles of a part.</param>
internal readonly record struct TileRange(int Tiles, int Each)
{
    private const int PartsOfAWorker = 6;
    private const int ManyRows = 16;

    /// <summary>Parts.</summary>
    public int Parts => (Tiles + Each - 1) / Each;

    /// <summary>Shares out a product's tiles.</summary>
    /// <param name="tiles">How many there are.</param>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="threads">Workers.</param>
    public static TileRange Share(int tiles, int rows, int threads) =>
        new(tiles, rows >= ManyRows ? 1 : Math.Max(1, tiles / (threads * PartsOfAWorker)));

    /// <summary>First tile of a part.</summary>
    public int First(int part) => part * Each;

    /// <summary>The tile after its last one.</summary>
    public int End(int part) => Math.Min(Tiles, (part + 1) * Each);
}
