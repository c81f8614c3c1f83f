using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>The three products of a linear layer y = x w^T.</summary>
internal static class Products
{
    /// <summary>[N, in] and [out, in] to [N, out].</summary>
    public static Tensor Forward(Tensor x, Tensor weight)
    {
        using Tensor turned = weight.t();
        return x.mm(turned);
    }

    /// <summary>[N, out] and [out, in] to [N, in].</summary>
    public static Tensor ToInput(Tensor dy, Tensor weight) => dy.mm(weight);

    /// <summary>[N, out] and [N, in] to [out, in].</summary>
    public static Tensor ToWeight(Tensor dy, Tensor x)
    {
        using Tensor turned = dy.t();
        return turned.mm(x);
    }
}
