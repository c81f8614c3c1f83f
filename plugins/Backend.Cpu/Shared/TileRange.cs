namespace Backend.Cpu.Shared;

/// <summary>
/// How tiles are distributed if there are few rows: each worker first takes a long run of adjacent tiles, which is the fastest way to read
/// memory, then short ones, so that all finish together. A tile's results do not depend on its part.
/// </summary>
/// <param name="Tiles">Number of tiles.</param>
/// <param name="Runs">Number of long parts, which come first.</param>
/// <param name="Long">Tiles per long part.</param>
/// <param name="Short">Tiles per other part.</param>
internal readonly record struct TileRange(int Tiles, int Runs, int Long, int Short)
{
    private const int ShortPartsOfAWorker = 16;
    private const int ManyRows = 16;

    /// <summary>Number of parts.</summary>
    public int Parts => Runs + (Tiles - Runs * Long + Short - 1) / Short;

    /// <summary>Distributes the tiles of a product.</summary>
    /// <param name="tiles">Number of tiles.</param>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="threads">Number of workers.</param>
    public static TileRange Share(int tiles, int rows, int threads) => rows >= ManyRows
        ? OneByOne(tiles)
        : new(tiles, threads, tiles / threads / 2, Math.Max(1, tiles / 2 / (threads * ShortPartsOfAWorker)));

    /// <summary>One tile per part.</summary>
    public static TileRange OneByOne(int tiles) => new(tiles, 0, 0, 1);

    /// <summary>First tile of a part.</summary>
    public int First(int part) => part <= Runs ? part * Long : Runs * Long + (part - Runs) * Short;

    /// <summary>The tile after the last one of a part.</summary>
    public int End(int part) => Math.Min(Tiles, First(part + 1));
}
