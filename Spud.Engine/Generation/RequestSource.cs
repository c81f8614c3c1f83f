using Spud.Composition;
using Spud.Text.Tokenization;

namespace Spud.Generation;

/// <summary>The resources on which requests run.</summary>
/// <param name="Pipeline">Components, model and memory.</param>
/// <param name="Tokenizer">The model's tokenizer.</param>
/// <param name="Loop">Runs the steps.</param>
internal sealed record RequestSource(Pipeline Pipeline, Tokenizer Tokenizer, StepLoop Loop);
