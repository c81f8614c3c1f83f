using System.Globalization;
using Spud;

namespace Depth.Exit;

/// <summary>Lets tokens of answers leave behind named layers, through trained exits, where they are likely to be the same as those of the whole model.</summary>
internal sealed class ExitDepth : IDepth, ILeavesEarly
{
    private readonly ExitOptions _options;
    private readonly ExitBlock?[] _blocks;

    /// <exception cref="RefusedException">There is no pack for the model, or it lacks an exit that the pipeline names.</exception>
    public ExitDepth(ExitOptions options, DepthBuild build)
    {
        if (options.LowestThreshold > options.Threshold)
            throw new RefusedException($"'lowestThreshold' is {Number(options.LowestThreshold)}, above 'threshold', {Number(options.Threshold)}: tokens would leave later with less effort");

        (_options, _blocks) = (options, new ExitBlock?[build.Model.Layers.Length]);
        IPack pack = build.Context.Pack ?? throw new RefusedException("there are no trained exits for this model: write a pack with 'spud calibrate exits', and name it with 'pack'");
        string text = pack.Text("exit.layers") ?? "";
        int[] trained = [.. text.Split(',').Select(static layer => int.TryParse(layer, CultureInfo.InvariantCulture, out int number) ? number
            : throw new RefusedException("the pack's 'exit.layers' is missing or no list of layers: it was made for another component"))];

        // Behind the last layer there is nothing to save.
        int[] others = [.. build.Layers.Where(layer => layer < build.Model.Layers.Length - 1).Except(trained)];
        if (others.Length > 0)
            throw new RefusedException($"'layers' names {string.Join(",", others)}, and the pack has exits behind {text}: name some of these, or write a pack with 'spud calibrate exits --layers {string.Join(",", build.Layers)}'");

        // A pack is read as a whole, whatever the pipeline names: a tensor that nobody takes would refuse it.
        foreach (int layer in trained)
        {
            ExitBlock block = new(build.Context, pack, layer);
            if (build.Layers.Contains(layer))
                _blocks[layer] = block;
        }

        int width = build.Model.HiddenWidth;
        LeaveCost = new(2L * width, sizeof(float) * width);
        FinishCost = new(2L * width * width, _blocks.OfType<ExitBlock>().FirstOrDefault()?.MapBytes ?? 0);
    }

    /// <inheritdoc/>
    public MissingKeys Missing => _options.Missing;

    /// <inheritdoc/>
    public RowCost LeaveCost { get; }

    /// <inheritdoc/>
    public RowCost FinishCost { get; }

    /// <inheritdoc/>
    public bool LeavesOut(int layer) => false;

    /// <inheritdoc/>
    public bool MayLeaveAfter(int layer) => _blocks[layer] is not null;

    /// <inheritdoc/>
    public void Leave(int layer, in Step step, in TensorView hidden, Span<bool> leaves)
    {
        foreach (ref readonly SequenceSlice slice in step.Sequences)
        {
            if (slice.Phase != Phase.Decode)
                continue;

            float threshold = _options.LowestThreshold + slice.Effort * (_options.Threshold - _options.LowestThreshold);
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
                leaves[row] = _blocks[layer]!.Agreement(hidden.At(row)) >= threshold;
        }
    }

    /// <inheritdoc/>
    public void Finish(int layer, in TensorView hidden)
    {
        for (int row = 0; row < hidden.Shape[0]; row++)
            _blocks[layer]!.Translate(hidden.At(row));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);
}
