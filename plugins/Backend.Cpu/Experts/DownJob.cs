using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>
/// output += factor * sum over a row's experts of weight * (down inner + bias), in expert order; each part is a number of tiles of C for all
/// groups, so that no two parts write to the same place and a row is always summed in the same order.
/// </summary>
internal struct DownJob : IJob
{
    public required ExpertGroups Groups;
    public required ExpertRows Rows;

    /// <summary>The rows taken: those of the output that change.</summary>
    public required int FirstRow, EndRow;

    /// <summary>Factor of the sum.</summary>
    public required float Factor;

    /// <summary>F32 [T, C].</summary>
    public required TensorView Output;

    /// <summary>Whether the result is added to the output.</summary>
    public required bool Adds;

    /// <summary>The tiles of C.</summary>
    public required TileRange Tiles;

    /// <summary>At least <see cref="ScratchFloats"/> per worker.</summary>
    public required WorkerScratch Scratch;

    /// <summary>Floats of scratch that a worker needs for a number of rows.</summary>
    public static int ScratchFloats(Expert expert, int rows) => 2 * rows * Linear.TileOutputs + expert.Down.ScratchFloats;

    public readonly void Run(int part, int worker)
    {
        for (int tile = Tiles.First(part); tile < Tiles.End(part); tile++)
            RunTile(tile, worker);
    }

    private readonly void RunTile(int tile, int worker)
    {
        (int outputs, int rows) = (Output.Shape[1], EndRow - FirstRow);
        (int first, int width) = (tile * Linear.TileOutputs, Math.Min(Linear.TileOutputs, outputs - tile * Linear.TileOutputs));
        Span<float> scratch = Scratch.Of(worker), sums = scratch[..(rows * width)];
        sums.Clear();
        foreach (ExpertGroups.Group group in Groups.All)
            AddGroup(group, tile, sums, scratch[sums.Length..]);

        Span<float> output = Output.AsSpan<float>();
        for (int row = 0; row < rows; row++)
        {
            Span<float> sum = sums.Slice(row * width, width), target = output.Slice((FirstRow + row) * outputs + first, width);
            if (Adds)
                Vectors.AddScaled(Factor, sum, target);
            else
                sum.CopyTo(target);
        }
    }

    private readonly void AddGroup(in ExpertGroups.Group group, int tile, Span<float> sums, Span<float> scratch)
    {
        Expert expert = group.Expert;
        Tile outputs = expert.Down.TileAt(tile);
        int width = outputs.Width;
        Span<float> products = scratch[..(group.Entries * width)];
        expert.Down.Multiply(outputs, Rows.InnerOf(group), products, width, scratch[products.Length..]);
        ReadOnlySpan<float> bias = expert.DownBias.IsPresent
            ? expert.DownBias.AsSpan<float>().Slice(outputs.First, width)
            : default;
        ReadOnlySpan<int> rows = Groups.RowsOf(group);
        ReadOnlySpan<float> weights = Groups.WeightsOf(group);
        for (int i = 0; i < rows.Length; i++)
        {
            Span<float> product = products.Slice(i * width, width);
            if (!bias.IsEmpty)
                Vectors.Add(product, bias, product);
            Vectors.AddScaled(weights[i], product, sums.Slice((rows[i] - FirstRow) * width, width));
        }
    }
}
