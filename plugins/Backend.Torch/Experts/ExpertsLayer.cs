using Backend.Torch.Device;
using Backend.Torch.Shared;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Experts;

/// <summary>One expert; gate and up are one matrix.</summary>
/// <param name="GateUp">[2 F, C].</param>
/// <param name="Down">[C, F].</param>
internal sealed record Expert(Linear GateUp, Linear Down) : IDisposable
{
    public void Dispose()
    {
        GateUp.Dispose();
        Down.Dispose();
    }
}

/// <summary>The components of a layer's experts; owned by the layer.</summary>
internal sealed record ExpertsParts
{
    public required TorchDevice Device { get; init; }

    public required RmsNorm Norm { get; init; }

    public required Expert[] Routed { get; init; }

    public required GatheredExperts? Gathered { get; init; }

    public required Expert? Shared { get; init; }

    public required Linear? SharedGate { get; init; }

    public required RmsNorm? PostNorm { get; init; }

    public required Activation Activation { get; init; }

    public required float ResidualScale { get; init; }
}

/// <summary>The experts of one layer.</summary>
internal sealed class ExpertsLayer(ExpertsParts parts) : IDisposable
{
    private readonly PlanGroups _groups = new(parts.Routed.Length);
    private readonly Factor _residualScale = new(parts.ResidualScale);

    /// <summary>Adds the experts' output to output [T, C], which may be the input.</summary>
    public void Execute(Tensor input, in RoutingPlan plan, Tensor output)
    {
        using Tensor normed = parts.Norm.Of(input), rows = parts.Routed[0].GateUp.Prepare(normed);
        // From here on the input is no longer read, since it may be the output.
        if (parts.PostNorm is null)
        {
            Run(plan, normed, rows, _residualScale, output);
            return;
        }

        using Tensor target = zeros_like(output);
        Run(plan, normed, rows, Factor.One, target);
        using Tensor result = parts.PostNorm.Of(target);
        output.add_(result, _residualScale.Scalar);
    }

    public void Dispose()
    {
        foreach (Expert expert in parts.Routed)
            expert.Dispose();

        foreach (IDisposable? part in (ReadOnlySpan<IDisposable?>)
            [parts.Norm, parts.Gathered, parts.Shared, parts.SharedGate, parts.PostNorm, parts.Activation, _residualScale])
            part?.Dispose();
    }

    private void Run(in RoutingPlan plan, Tensor normed, Tensor rows, Factor factor, Tensor target)
    {
        if (parts.Gathered is { } gathered && plan.Experts.Shape[0] <= GatheredExperts.Entries)
            gathered.AddTo(target, rows, plan, factor);
        else
            RunGrouped(plan, rows, factor, target);

        if (parts.Shared is not null)
            RunShared(parts.Shared, normed, factor, target);
    }

    private void RunGrouped(in RoutingPlan plan, Tensor rows, Factor factor, Tensor target)
    {
        Group(plan, (int)rows.size(0));
        using Tensor index = _groups.AllRows(), weights = _groups.AllWeights();
        Tensor? indexThere = null, weightsThere = null;
        for (int i = 0; i < parts.Routed.Length; i++)
        {
            (int first, int count) = _groups.Of(i);
            if (count == 0)
                continue;
            if (IsOneBlock(i, count))
            {
                RunBlock(parts.Routed[i], rows, _groups.Rows(i)[0], count, _groups.Weights(i)[0], factor, target);
                continue;
            }

            indexThere ??= index.to(parts.Device.Torch);
            weightsThere ??= weights.to(parts.Device.Torch);
            using Tensor own = indexThere.narrow(0, first, count), shares = weightsThere.narrow(0, first, count), column = shares.unsqueeze(1);
            using Tensor some = rows.index_select(0, own), gateUp = parts.Routed[i].GateUp.Inner(some), inner = parts.Activation.Of(gateUp);
            using Tensor result = parts.Routed[i].Down.ApplyTo(inner);
            result.mul_(column);
            target.index_add_(0, own, result, factor.Scalar);
        }

        indexThere?.Dispose();
        weightsThere?.Dispose();
    }

    /// <summary>Computes contiguous rows that have the same weight.</summary>
    private void RunBlock(Expert expert, Tensor rows, long first, int count, float weight, Factor factor, Tensor target)
    {
        bool all = first == 0 && count == rows.size(0);
        using Tensor some = all ? rows.alias() : rows.narrow(0, first, count), place = all ? target.alias() : target.narrow(0, first, count);
        using Tensor gateUp = expert.GateUp.Inner(some), inner = parts.Activation.Of(gateUp);
        if (weight == 1)
        {
            expert.Down.AddTo(place, inner, factor);
            return;
        }

        using Factor share = new(factor.Value * weight);
        expert.Down.AddTo(place, inner, share);
    }

    private void RunShared(Expert expert, Tensor normed, Factor factor, Tensor target)
    {
        using Tensor rows = expert.GateUp.Prepare(normed), gateUp = expert.GateUp.Inner(rows), inner = parts.Activation.Of(gateUp);
        if (parts.SharedGate is null)
        {
            expert.Down.AddTo(target, inner, factor);
            return;
        }

        using Tensor weights = parts.SharedGate.Apply(normed), result = expert.Down.ApplyTo(inner);
        weights.sigmoid_();
        result.mul_(weights);
        target.add_(result, factor.Scalar);
    }

    private bool IsOneBlock(int expert, int count)
    {
        ReadOnlySpan<long> rows = _groups.Rows(expert);
        ReadOnlySpan<float> weights = _groups.Weights(expert);
        if (rows[^1] - rows[0] + 1 != count || weights.ContainsAnyExcept(weights[0]))
            return false;

        // A plan may contain an expert twice for one row.
        for (int i = 1; i < count; i++)
        {
            if (rows[i] != rows[i - 1] + 1)
                return false;
        }

        return true;
    }

    private void Group(in RoutingPlan plan, int rows)
    {
        if (plan.Offsets.Domain.IsHost)
        {
            _groups.Sort(plan.Offsets.AsSpan<int>(), plan.Experts.AsSpan<int>(), plan.Weights.AsSpan<float>());
            return;
        }

        // The host writes the plan of a dense layer: every row, once. A device need not wait to read it.
        if (parts.Routed.Length == 1)
        {
            _groups.All(rows);
            return;
        }

        using Tensor offsets = OnHost(plan.Offsets), ids = OnHost(plan.Experts), weights = OnHost(plan.Weights);
        _groups.Sort(offsets.data<int>().ToArray(), ids.data<int>().ToArray(), weights.data<float>().ToArray());
    }

    private Tensor OnHost(in TensorView view)
    {
        using Tensor there = parts.Device.Tensor(view);
        return there.cpu();
    }
}
