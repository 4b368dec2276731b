using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Crossbench.Options;

/// <summary>The options of one record type, in declaration order, base record first, unless <see cref="DisplayAttribute.Order"/> says otherwise.</summary>
public sealed class OptionSchema
{
    private static readonly ConcurrentDictionary<Type, OptionSchema> Known = new();
    private readonly Dictionary<string, OptionField> _byName;
    private readonly MethodInfo _clone;

    private OptionSchema(Type type)
    {
        _clone = type.GetMethod("<Clone>$") ?? throw new ArgumentException($"{type.Name} is not a record. Options are records.", nameof(type));
        Fields = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.SetMethod!.IsPublic)
            .OrderBy(property => property.GetCustomAttribute<DisplayAttribute>()?.GetOrder() ?? 0)
            .ThenBy(property => Depth(property.DeclaringType!))
            .ThenBy(property => property.MetadataToken)
            .Select(property => new OptionField(property))];
        _byName = Fields.ToDictionary(field => field.Name);
    }

    /// <summary>The options, in order.</summary>
    public IReadOnlyList<OptionField> Fields { get; }

    /// <summary>The schema of a record type.</summary>
    /// <exception cref="ArgumentException">The type is not a record.</exception>
    public static OptionSchema For(Type type) => Known.GetOrAdd(type, type => new OptionSchema(type));

    /// <summary>The option of this name, or null.</summary>
    public OptionField? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A copy of the record with one option set.</summary>
    public T With<T>(T record, OptionField field, object? value) where T : class
    {
        var copy = (T)_clone.Invoke(record, null)!;
        field.Set(copy, value);
        return copy;
    }

    private static int Depth(Type type) => type.BaseType is { } parent ? 1 + Depth(parent) : 0;
}
