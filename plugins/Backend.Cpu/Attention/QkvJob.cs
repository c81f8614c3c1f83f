using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>The three products of Project in one fork; each part is a number of their tiles.</summary>
internal struct QkvJob : IJob
{
    public required Product Query, Key, Value;

    /// <summary>The tiles of query, key and value, in this order.</summary>
    public required TileRange Tiles;

    public readonly void Run(int part, int worker)
    {
        for (int tile = Tiles.First(part); tile < Tiles.End(part); tile++)
            RunTile(tile, worker);
    }

    private readonly void RunTile(int tile, int worker)
    {
        int afterQuery = tile - Query.Matrix.Tiles, afterKey = afterQuery - Key.Matrix.Tiles;
        if (afterQuery < 0)
            Query.Run(tile, worker);
        else if (afterKey < 0)
            Key.Run(afterQuery, worker);
        else
            Value.Run(afterKey, worker);
    }
}
