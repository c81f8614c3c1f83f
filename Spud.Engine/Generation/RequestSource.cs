using Spud.Composition;
using Spud.Text.Tokenization;

namespace Spud.Generation;

/// <summary>What requests run on.</summary>
/// <param name="Pipeline">Components, model and memory.</param>
/// <param name="Tokenizer">The model's.</param>
/// <param name="Loop">Runs the steps.</param>
internal sealed record RequestSource(Pipeline Pipeline, Tokenizer Tokenizer, StepLoop Loop);
