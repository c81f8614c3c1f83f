using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>inner = act(gate x) * up x; each part is a number of tiles of the groups.</summary>
internal struct GateUpJob : IJob
{
    public required ExpertsLayer Layer;
    public required ExpertGroups Groups;
    public required ExpertRows Rows;

    /// <summary>The tiles of all groups.</summary>
    public required TileRange Tiles;

    /// <summary>At least <see cref="ScratchFloats"/> per worker.</summary>
    public required WorkerScratch Scratch;

    /// <summary>Floats of scratch that a worker needs for a number of rows.</summary>
    public static int ScratchFloats(Expert expert, int rows) =>
        2 * rows * Linear.TileOutputs + Math.Max(expert.Gate.ScratchFloats, expert.Up.ScratchFloats);

    public readonly void Run(int part, int worker)
    {
        for (int tile = Tiles.First(part); tile < Tiles.End(part); tile++)
            RunTile(Groups.OfTile(tile), tile, worker);
    }

    private readonly void RunTile(in ExpertGroups.Group group, int tileOfAll, int worker)
    {
        (Expert expert, int tile) = (group.Expert, tileOfAll - group.FirstTile);
        Tile outputs = expert.Gate.TileAt(tile);
        (int first, int width) = outputs;
        Span<float> scratch = Scratch.Of(worker), gate = scratch[..(group.Entries * width)];
        Span<float> up = scratch.Slice(gate.Length, gate.Length), rest = scratch[(2 * gate.Length)..];
        Activations input = Rows.InputOf(group);
        expert.Gate.Multiply(outputs, input, gate, width, rest);
        expert.Up.Multiply(outputs, input, up, width, rest);
        if (expert.GateBias.IsPresent)
            AddBiases(expert, first, width, gate, up);

        Layer.Activation.Apply(gate, up, gate);
        Activations inner = Rows.InnerOf(group);
        for (int i = 0; i < group.Entries; i++)
            inner.Set(i, first, gate.Slice(i * width, width));
    }

    private static void AddBiases(Expert expert, int first, int width, Span<float> gate, Span<float> up)
    {
        ReadOnlySpan<float> gateBias = expert.GateBias.AsSpan<float>().Slice(first, width);
        ReadOnlySpan<float> upBias = expert.UpBias.AsSpan<float>().Slice(first, width);
        for (int at = 0; at < gate.Length; at += width)
        {
            Vectors.Add(gate.Slice(at, width), gateBias, gate.Slice(at, width));
            Vectors.Add(up.Slice(at, width), upBias, up.Slice(at, width));
        }
    }
}
