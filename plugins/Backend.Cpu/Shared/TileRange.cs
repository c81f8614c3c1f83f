namespace Backend.Cpu.Shared;

/// <summary>
/// How tiles are shared out where rows are few: each worker first draws a long run of neighbours, which memory is read fastest in, then
/// short ones, so that all end together. A tile's numbers do not depend on its part.
/// </summary>
/// <param name="Tiles">How many there are.</param>
/// <param name="Runs">Long parts, the first ones.</param>
/// <param name="Long">Tiles of a long part.</param>
/// <param name="Short">Tiles of the others.</param>
internal readonly record struct TileRange(int Tiles, int Runs, int Long, int Short)
{
    private const int ShortPartsOfAWorker = 16;
    private const int ManyRows = 16;

    /// <summary>Parts.</summary>
    public int Parts => Runs + (Tiles - Runs * Long + Short - 1) / Short;

    /// <summary>Shares out a product's tiles.</summary>
    /// <param name="tiles">How many there are.</param>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="threads">Workers.</param>
    public static TileRange Share(int tiles, int rows, int threads) => rows >= ManyRows
        ? OneByOne(tiles)
        : new(tiles, threads, tiles / threads / 2, Math.Max(1, tiles / 2 / (threads * ShortPartsOfAWorker)));

    /// <summary>A tile a part.</summary>
    public static TileRange OneByOne(int tiles) => new(tiles, 0, 0, 1);

    /// <summary>First tile of a part.</summary>
    public int First(int part) => part <= Runs ? part * Long : Runs * Long + (part - Runs) * Short;

    /// <summary>The tile after its last one.</summary>
    public int End(int part) => Math.Min(Tiles, First(part + 1));
}
