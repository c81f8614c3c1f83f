namespace Spud.Text.ChatTemplates;

/// <summary>The names of literal values.</summary>
internal static class Literals
{
    public static object? Find(string name) => name switch
    {
        "true" or "True" => true,
        "false" or "False" => false,
        "none" or "None" => None.Value,
        _ => null,
    };

    public static bool IsReserved(string name) => Find(name) is not null;
}
