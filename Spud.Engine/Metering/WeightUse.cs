namespace Spud.Metering;

/// <summary>How often a weight takes part in a matrix multiplication; determined by its canonical name and shape, not by the component.</summary>
internal enum WeightUse
{
    /// <summary>Never: norms, biases, sinks. Read in full for a row.</summary>
    Elementwise,

    /// <summary>Never: an embedding, from which a row reads its token's part.</summary>
    Lookup,

    /// <summary>Once per row.</summary>
    Row,

    /// <summary>An expert's part, once per entry of the routing plan.</summary>
    PlanEntry,

    /// <summary>An expert's part is added for each entry of the routing plan: the experts' biases.</summary>
    PlanEntryElementwise,

    /// <summary>Once for each row whose logits are read.</summary>
    LogitRow,
}
