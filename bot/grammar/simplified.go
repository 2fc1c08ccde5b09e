package grammar

import "strings"

// traditional and simplified are the characters that customers write in both
// forms, each at the same place. It is a list of the common ones, for
// comparing: what people wrote is kept as they wrote it.
const (
	traditional = "斷髒黴們來個麼嗎買賣錢價單貨車東倉庫噸糧漿測問題關開發貴賤優詢報訂購採產質檢驗證書國際進運輸輕壓縮裝頭幫請謝歡說話講電腦網頁號碼鐘點時間週後對錯嘆聲氣壞爛裡邊樣種類幾歲顆條隻雙張紙樓廠業務員經濟總銷營顧廣場線絡連結轉賬帳戶續約簽稅費繳納機構設備維護損傷壽險選擇檔標準確認識別處執辦貼圖寫讀聽見觀覺應該當從會議動態靜剛纔還過這達遠遲遞郵無體濕熱涼凍溫鹽鹼鹹醬釀釋鮮魚雞鴨豬餅乾麵穀麥膠黃紅綠藍銀鐵鋼鋁銅針織藥醫療養極強勁擔憂慮懷憑據數獨異變換讓給離啟閉鎖難範圍繞環圓滿樂夠嘗試嚐濾純淨潔潤淺儲計劃為與於並訊訴責賠償補審許諾誰兒屬實係愛親聯繫語漢詞彙陳劉趙吳鄭馮鄧葉蔣韓楊羅蘇盧龍馬鳥飛風雲燈畫筆紀錄響嚴肅練習慣慶賀禮儀義勞勝負傳統術幣匯億萬舊臺灣"
	simplified  = "断脏霉们来个么吗买卖钱价单货车东仓库吨粮浆测问题关开发贵贱优询报订购采产质检验证书国际进运输轻压缩装头帮请谢欢说话讲电脑网页号码钟点时间周后对错叹声气坏烂里边样种类几岁颗条只双张纸楼厂业务员经济总销营顾广场线络连结转账账户续约签税费缴纳机构设备维护损伤寿险选择档标准确认识别处执办贴图写读听见观觉应该当从会议动态静刚才还过这达远迟递邮无体湿热凉冻温盐碱咸酱酿释鲜鱼鸡鸭猪饼干面谷麦胶黄红绿蓝银铁钢铝铜针织药医疗养极强劲担忧虑怀凭据数独异变换让给离启闭锁难范围绕环圆满乐够尝试尝滤纯净洁润浅储计划为与于并讯诉责赔偿补审许诺谁儿属实系爱亲联系语汉词汇陈刘赵吴郑冯邓叶蒋韩杨罗苏卢龙马鸟飞风云灯画笔纪录响严肃练习惯庆贺礼仪义劳胜负传统术币汇亿万旧台湾"
)

// simple turns the characters of traditional into those of simplified, and the
// few that stand for the same word in a greeting.
var simple = func() *strings.Replacer {
	from, to := []rune(traditional), []rune(simplified)
	pairs := []string{"哈囉", "哈喽", "妳", "你", "甚麼", "什么", "甚么", "什么", "嘜", "吗"}
	for i := range min(len(from), len(to)) {
		pairs = append(pairs, string(from[i]), string(to[i]))
	}
	return strings.NewReplacer(pairs...)
}()

// Simplified writes the common traditional characters of a text in their
// simplified form, so that both are compared alike.
func Simplified(s string) string { return simple.Replace(s) }
