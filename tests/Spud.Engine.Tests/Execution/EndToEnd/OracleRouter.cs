using Spud.Conformance.Oracles;
using Spud.Execution;
using Spud.Models;
using Spud.Models.Families;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>Holds every plan of the router inside it against the definition, over the model's own weights and what its layers really see.</summary>
internal sealed class OracleRouter : IRouter
{
    // f32 scores of some hundred roundings against double.
    private const double NearTie = 1e-4;

    private readonly IRouter _inner;
    private readonly ModelDescription _model;
    private readonly DynamicRouterOracle _oracle;
    private readonly (double[] Norm, double[] Gate, double[] Bias)[] _weights;

    public OracleRouter(IRouter inner, ModelDescription model, string path, DynamicRouterOracle oracle)
    {
        (_inner, _model, _oracle) = (inner, model, oracle);
        using GgufFile file = GgufFile.Open(path);
        WeightCatalog weights = ModelReader.Read(file).Weights;
        _weights = [.. model.Layers.Select((of, layer) => (
            Exact(weights, $"blk.{layer}.ffn_norm.weight", model.HiddenWidth),
            Exact(weights, $"blk.{layer}.ffn_gate_inp.weight", of.Experts, model.HiddenWidth),
            of.Has(Trait.GateBias) ? Exact(weights, $"blk.{layer}.ffn_gate_inp.bias", of.Experts) : []))];
    }

    public IMemoryDomain Domain => _inner.Domain;

    public int MaxExpertsPerRow => _inner.MaxExpertsPerRow;

    /// <summary>Rows of all layers.</summary>
    public int Rows { get; private set; }

    /// <summary>Of these, rows that f32 may decide otherwise.</summary>
    public int NearTies { get; private set; }

    /// <summary>Entries of all plans.</summary>
    public long Entries { get; private set; }

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        _inner.Route(layer, step, hidden, plan);
        (double[] norm, double[] gate, double[] bias) = _weights[layer];
        for (int row = 0; row < step.Rows; row++)
        {
            double[] probabilities = RouterOracle.Probabilities(Plain.Row(hidden, row), norm, _model.NormEpsilon, gate, bias);
            Check(plan, row, _oracle.Route(probabilities, step.Sequences[step.SequenceOfRow.AsSpan<int>()[row]].Effort));
        }

        Entries += plan.Offsets.AsSpan<int>()[step.Rows];
    }

    public void Dispose()
    {
        // The pipeline disposes of the router inside.
    }

    private void Check(in RoutingPlan plan, int row, (IReadOnlyList<(int Expert, double Weight)> Chosen, double Margin) expected)
    {
        Rows++;
        if (expected.Margin < NearTie)
        {
            NearTies++;
            return;
        }

        Range entries = plan.Offsets.AsSpan<int>()[row]..plan.Offsets.AsSpan<int>()[row + 1];
        Assert.Equal(expected.Chosen.Select(entry => entry.Expert), plan.Experts.AsSpan<int>()[entries].ToArray());
        Assert.All(expected.Chosen.Zip(plan.Weights.AsSpan<float>()[entries].ToArray()), pair => Assert.Equal(pair.First.Weight, pair.Second, 1e-4));
    }

    private static double[] Exact(WeightCatalog weights, string name, params int[] shape)
    {
        WeightEntry entry = weights.Take(name, shape);
        using MemoryAccount memory = new();
        HostDomain host = new();
        TensorView floats = memory.Allocate(host, ElementType.F32, shape);
        host.Copy(new TensorView(host, entry.Address, entry.Type, shape), floats);
        return [.. floats.AsSpan<float>().ToArray().Select(value => (double)value)];
    }
}
