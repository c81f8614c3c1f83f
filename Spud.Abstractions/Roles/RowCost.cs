using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a policy or drafter with weights of its own computes for one row or token; it is billed with the role <c>head</c>.</summary>
/// <param name="Flops">Floating-point operations of matrix products, a multiply-add counting as two; at least 0.</param>
/// <param name="WeightBytes">Bytes of weights read; at least 0.</param>
[Experimental(Experiments.Id)]
public readonly record struct RowCost(long Flops, long WeightBytes);
