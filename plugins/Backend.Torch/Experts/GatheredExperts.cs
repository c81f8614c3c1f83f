using Backend.Torch.Device;
using Backend.Torch.Shared;
using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Experts;

/// <summary>
/// A few entries on a device: the weights of each entry's expert are gathered, and nothing waits for the plan to be read. The plan has not
/// been validated either: entries with an invalid row or expert contribute nothing. The matrices are owned.
/// </summary>
internal sealed class GatheredExperts(TorchDevice device, Matrices gateUp, Matrices down, Activation activation) : IDisposable
{
    /// <summary>Maximum entries of a plan for which gathering weights is faster than waiting for the plan.</summary>
    public const int Entries = 16;

    private readonly Factor _zero = new(0);

    /// <summary>target [T, C] += factor * the output of the plan's entries for rows [T, C].</summary>
    public void AddTo(Tensor target, Tensor rows, in RoutingPlan plan, Factor factor)
    {
        using Tensor offsets = device.Tensor(plan.Offsets), ids = device.Tensor(plan.Experts), weights = device.Tensor(plan.Weights);
        long count = ids.size(0), last = rows.size(0) - 1, experts = gateUp.Count;
        using Scalar end = count, lastRow = last, expertEnd = experts, lastExpert = experts - 1, rowEnd = last + 1;
        using Tensor entries = arange(end, ScalarType.Int32, device.Torch), ends = offsets.narrow(0, 1, last + 1);
        using Tensor row = searchsorted(ends, entries, right: true), source = row.clamp(max: lastRow);
        using Tensor beyond = row.gt(lastRow), negative = ids.lt(_zero.Scalar), unknown = ids.ge(expertEnd);
        beyond.logical_or_(negative);
        beyond.logical_or_(unknown);
        using Tensor inRange = ids.clamp(_zero.Scalar, lastExpert), expert = inRange.to(ScalarType.Int64);
        using Tensor some = rows.index_select(0, source), hidden = gateUp.Apply(expert, some), inner = activation.Of(hidden), results = down.Apply(expert, inner);
        // [T, entries]: a product always adds the entries of a row in the same order.
        using Tensor all = arange(rowEnd, ScalarType.Int64, device.Torch), column = all.unsqueeze(1), line = source.unsqueeze(0), same = line.eq(column);
        using Tensor share = same.to(ScalarType.Float32), valid = weights.masked_fill(beyond, _zero.Scalar), factors = valid.unsqueeze(0);
        share.mul_(factors);
        target.addmm_(share, results, beta: 1, alpha: factor.Value);
    }

    public void Dispose()
    {
        gateUp.Dispose();
        down.Dispose();
        _zero.Dispose();
    }
}

/// <summary>One matrix per expert.</summary>
/// <param name="Weights">[E, N, K].</param>
/// <param name="Biases">F32 [E, N], or null.</param>
internal sealed record Matrices(Tensor Weights, Tensor? Biases) : IDisposable
{
    public long Count => Weights.size(0);

    /// <summary>y[i] = W[expert[i]] x[i] + bias[expert[i]], in F32.</summary>
    public Tensor Apply(Tensor expert, Tensor x)
    {
        using Tensor weights = Weights.index_select(0, expert), typed = x.to(Weights.dtype), column = typed.unsqueeze(2);
        using Tensor product = weights.bmm(column), rows = product.squeeze(2);
        Tensor y = rows.to(ScalarType.Float32);
        if (Biases is not null)
        {
            using Tensor biases = Biases.index_select(0, expert);
            y.add_(biases, Factor.One.Scalar);
        }

        return y;
    }

    public void Dispose()
    {
        Weights.Dispose();
        Biases?.Dispose();
    }
}
