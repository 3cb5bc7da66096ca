using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FinObs.Operator.Tests.Resources;

/// <summary>Takes away everything from a document that its record has a default for.</summary>
internal static class WithoutDefaults
{
    public static void Strip(JsonObject document, Type record)
    {
        object fresh = Activator.CreateInstance(record)!;
        foreach (PropertyInfo field in record.GetProperties())
        {
            string name = JsonNamingPolicy.CamelCase.ConvertName(field.Name);
            bool isRequired = field.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));
            Type item = field.PropertyType.IsGenericType ? field.PropertyType.GetGenericArguments()[0] : field.PropertyType;
            if (!isRequired && field.GetValue(fresh) is not null)
            {
                document.Remove(name);
            }
            else if (document[name] is JsonObject child && item == field.PropertyType)
            {
                Strip(child, field.PropertyType);
            }
            else if (document[name] is JsonArray items && item.Assembly == record.Assembly)
            {
                foreach (JsonObject element in items.OfType<JsonObject>())
                {
                    Strip(element, item);
                }
            }
        }
    }
}
