using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>Half a layer: what attention or the experts add to the residual stream. A backward pass follows its forward pass.</summary>
internal interface IBlock : IDisposable
{
    /// <summary>Parameters that a block of this kind has in a layer.</summary>
    /// <param name="input">[N, C] f32; kept unchanged until <see cref="Backward"/>.</param>
    /// <param name="output">[N, C] f32: input and what is added to it.</param>
    void Forward(Tensor input, Tensor output);

    /// <param name="input">Of the forward pass.</param>
    /// <param name="gradient">[N, C] f32: the output's, which becomes the input's.</param>
    void Backward(Tensor input, Tensor gradient);
}
