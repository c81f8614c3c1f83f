using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A side interface of components whose state of a text tells what kind of text it is: receipts and the host show the answer.</summary>
[Experimental(Experiments.Id)]
public interface ILabelsText : IKeepsSequenceState
{
    /// <summary>What the text is, as of its last border; a function of its argument alone. Null: it cannot be told yet, or never.</summary>
    /// <param name="states">[L] on the host: the state of each layer, I8 [Bytes]; absent where the component keeps none, and of a layer that is left out.</param>
    TextLabel? LabelOf(ReadOnlySpan<TensorView> states);
}
