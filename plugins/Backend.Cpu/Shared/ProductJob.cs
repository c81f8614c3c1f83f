using Spud;

namespace Backend.Cpu.Shared;

/// <summary>One product; each part is a number of tiles.</summary>
internal struct ProductJob : IJob
{
    public required Product Product;

    /// <summary>The product's tiles.</summary>
    public required TileRange Tiles;

    public readonly void Run(int part, int worker)
    {
        for (int tile = Tiles.First(part); tile < Tiles.End(part); tile++)
            Product.Run(tile, worker);
    }
}
