namespace Spud.Metering;

/// <summary>How often a weight is multiplied with; its canonical name and shape fix it, no component is asked.</summary>
internal enum WeightUse
{
    /// <summary>Never: norms, biases, sinks. All of it is read for a row.</summary>
    Elementwise,

    /// <summary>Never: an embedding, of which a row reads its token's part.</summary>
    Lookup,

    /// <summary>Once a row.</summary>
    Row,

    /// <summary>An expert's part of it, once for each entry of the routing plan.</summary>
    PlanEntry,

    /// <summary>An expert's part of it is added for each entry of the routing plan: the experts' biases.</summary>
    PlanEntryElementwise,

    /// <summary>Once for each row whose logits are read.</summary>
    LogitRow,
}
