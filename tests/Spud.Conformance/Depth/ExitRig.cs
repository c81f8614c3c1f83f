using Spud.Conformance.Allocation;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Conformance.Depth;

/// <summary>A policy by which rows of a model of six layers leave, called as the host calls it.</summary>
internal sealed class ExitRig : IDisposable
{
    private readonly TestBuild _context;
    private readonly IDepth _policy;
    private readonly ILeavesEarly _leaves;

    /// <param name="create">Makes the policy.</param>
    public ExitRig(Func<DepthBuild, IDepth> create)
    {
        ModelDescription model = new TestModel { Layers = 6 }.Describe();
        _context = new(model, threads: 1);
        try
        {
            _policy = create(new() { Model = model, Layers = [1, 3, 4], Context = _context });
            _leaves = ExitChecks.Leaving(_policy);
        }
        catch
        {
            Dispose();
            throw;
        }

        Layers = [.. Enumerable.Range(0, model.Layers.Length - 1).Where(_leaves.MayLeaveAfter)];
        Width = model.HiddenWidth;
        Assert.NotEmpty(Layers);
    }

    /// <summary>Layers behind which rows may leave.</summary>
    public int[] Layers { get; }

    /// <summary>C.</summary>
    public int Width { get; }

    public void Dispose()
    {
        _policy?.Dispose();
        _context.Dispose();
    }

    /// <summary>Hidden rows behind a layer.</summary>
    public float[] Values(int layer, int rows) => Samples.Of($"hidden {layer}", rows * Width);

    /// <summary>Asks which rows leave; they must stay as they are.</summary>
    public bool[] Leave(int layer, SequenceSlice[] slices, float[] values)
    {
        TensorView hidden = _context.Floats(values, slices.Length, Width);
        bool[] leaves = new bool[slices.Length];
        _leaves.Leave(layer, TestStep.Of(_context, slices), hidden, leaves);
        Assert.True(hidden.AsSpan<float>().SequenceEqual(values), $"the decision behind layer {layer} changes hidden rows");
        return leaves;
    }

    /// <summary>What is made of rows that left.</summary>
    public float[] Finish(int layer, float[] values)
    {
        TensorView hidden = _context.Floats(values, values.Length / Width, Width);
        _leaves.Finish(layer, hidden);
        return hidden.AsSpan<float>().ToArray();
    }

    /// <summary>Bytes of managed memory that both calls allocate.</summary>
    public long Allocated(int layer, SequenceSlice[] slices)
    {
        TensorView hidden = _context.Floats(Values(layer, slices.Length), slices.Length, Width);
        Step step = TestStep.Of(_context, slices);
        bool[] leaves = new bool[slices.Length];
        return AllocatedBytes.Of(_context.Pool, () =>
        {
            _leaves.Leave(layer, step, hidden, leaves);
            _leaves.Finish(layer, hidden);
        });
    }
}
