using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>Side interface of drafters that compute drafts with weights, in addition to what a draft model does: so that drafts are billed.</summary>
[Experimental(Experiments.Id)]
public interface IComputesDrafts
{
    /// <summary>Cost of one token of a draft. Asked once, when the pipeline is built.</summary>
    RowCost TokenCost { get; }
}
