using Spud;
using Spud.Numerics;

namespace Router.Shared.Kernels;

/// <summary>The model's own router probabilities.</summary>
internal static unsafe class GateKernel
{
    /// <summary>p [R, E] = softmax(norm(x) W^T + bias). A row's bits do not depend on its neighbours.</summary>
    /// <param name="gate">Norm [C], W [E, C] and bias [E].</param>
    /// <param name="hidden">x, F32 [R, C].</param>
    /// <param name="epsilon">Epsilon of the norm.</param>
    /// <param name="normed">F32 [R, C], overwritten.</param>
    /// <param name="probabilities">p, F32 [R, E], written.</param>
    public static void Probabilities(GateLayer gate, in TensorView hidden, float epsilon, in TensorView normed, in TensorView probabilities)
    {
        (int rows, int c, int e) = (hidden.Shape[0], hidden.Shape[1], probabilities.Shape[1]);
        float* x = (float*)hidden.Address, y = (float*)normed.Address, p = (float*)probabilities.Address;
        for (int row = 0; row < rows; row++)
            RmsNorm.Run(x + (nint)row * c, (float*)gate.Norm.Address, epsilon, y + (nint)row * c, c);

        MatMulF32.Run(y, c, (float*)gate.Matrix.Address, c, p, e, rows, e, c);
        for (int row = 0; row < rows; row++, p += e)
        {
            if (gate.Bias.IsPresent)
                Add.Run(p, (float*)gate.Bias.Address, p, e);
            Softmax.Run(p, p, e);
        }
    }
}
