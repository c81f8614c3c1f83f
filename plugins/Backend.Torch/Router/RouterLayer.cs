using Backend.Torch.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Router;

/// <summary>The router of one layer. It owns its arguments.</summary>
internal sealed class RouterLayer(RmsNorm norm, Linear gate, int used, bool renormalises) : IDisposable
{
    /// <summary>Fills offsets [T + 1] and the first T K entries of experts and weights, from hidden [T, C].</summary>
    public void Route(Tensor hidden, Tensor offsets, Tensor experts, Tensor weights)
    {
        long rows = hidden.size(0), entries = rows * used;
        using Tensor normed = norm.Of(hidden), scores = gate.Apply(normed), probabilities = scores.softmax(-1);
        (Tensor values, Tensor indices) = probabilities.sort(-1, descending: true, stable: true);
        using (values)
        using (indices)
        {
            using Tensor best = values.narrow(1, 0, used), chosen = indices.narrow(1, 0, used);
            using Tensor ids = experts.narrow(0, 0, entries), idRows = ids.view(rows, used);
            using Tensor shares = weights.narrow(0, 0, entries), shareRows = shares.view(rows, used);
            idRows.copy_(chosen);
            shareRows.copy_(best);
            if (renormalises)
            {
                using Tensor sum = best.sum(-1, keepdim: true);
                shareRows.div_(sum);
            }
        }

        using Scalar start = 0, stop = (rows + 1) * used, step = used;
        using Tensor range = arange(start, stop, step, ScalarType.Int32, hidden.device);
        offsets.copy_(range);
    }

    public void Dispose()
    {
        norm.Dispose();
        gate.Dispose();
    }
}
