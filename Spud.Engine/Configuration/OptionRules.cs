using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Spud.Configuration;

/// <summary>The DataAnnotations attributes of an option, found through its source-generated metadata.</summary>
internal static class OptionRules
{
    /// <summary>The attributes of a property; none if the metadata has no attribute provider.</summary>
    public static IReadOnlyList<ValidationAttribute> Of(JsonPropertyInfo property) => property.AttributeProvider is { } provider
        ? [.. provider.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>()]
        : [];

    /// <summary>The first rule that a value violates; its message is null if a description of the option suffices.</summary>
    public static Broken? FirstBroken(IReadOnlyList<ValidationAttribute> rules, object? value, ConfigNode node)
    {
        foreach (ValidationAttribute rule in rules)
        {
            if (!Holds(rule, value))
                return new Broken(Message(rule, node));
        }

        return null;
    }

    private static bool Holds(ValidationAttribute rule, object? value)
    {
        try
        {
            return rule.IsValid(value);
        }
        catch (OverflowException) // a long under a [Range] of ints
        {
            return false;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static string? Message(ValidationAttribute rule, ConfigNode node) => rule switch
    {
        RangeAttribute or RegularExpressionAttribute or AllowedValuesAttribute => null,
        RequiredAttribute => $"{node.Path} must not be empty.",
        StringLengthAttribute length => $"{node.Path} must have {length.MinimumLength} to {length.MaximumLength} characters.",
        MinLengthAttribute { Length: 1 } => $"{node.Path} must not be empty.",
        MinLengthAttribute length => $"{node.Path} must have at least {length.Length} {Parts(node)}.",
        MaxLengthAttribute length => $"{node.Path} must have at most {length.Length} {Parts(node)}.",
        LengthAttribute length => $"{node.Path} must have {length.MinimumLength} to {length.MaximumLength} {Parts(node)}.",
        _ => rule.FormatErrorMessage(node.Path),
    };

    private static string Parts(ConfigNode node) => node is ConfigArray ? "entries" : "characters";

    /// <summary>A violated rule.</summary>
    internal sealed record Broken(string? Message);
}
